"""Geometric models: 3D structures in; energies, forces and properties out. `run.py` is the order of the steps."""
