"""Records the client's bytes of each connection through a proxy: rec.py LISTEN UP PREFIX"""
import socket,threading,sys
l=socket.socket(); l.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); l.bind(("127.0.0.1",int(sys.argv[1]))); l.listen(50)
up=int(sys.argv[2]); k=0
def pump(a,b,out):
    try:
        while d:=a.recv(65536):
            if out: out.write(d); out.flush()
            b.sendall(d)
    except OSError: pass
    try: b.shutdown(1)
    except OSError: pass
while True:
    c,_=l.accept(); s=socket.create_connection(("127.0.0.1",up))
    out=open(f"{sys.argv[3]}.{k}","wb"); k+=1
    threading.Thread(target=pump,args=(c,s,out),daemon=True).start(); threading.Thread(target=pump,args=(s,c,None),daemon=True).start()
