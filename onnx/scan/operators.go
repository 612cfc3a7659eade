package scan

import "strings"

// allowed are the operators that a network of molecules may have: those of ONNX itself which graph
// networks, transformers and their exporters use for inference, and which ONNX Runtime's CPU computes
// from the tensors alone. Left out is what trains, what is of images, sound, text, quantised weights or
// sequences, and what needs a word of the manifest.
var allowed = set(`
	Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike
	Ceil Clip Cos Cosh CumSum Div Equal Erf Exp Floor Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Log Max Mean
	Min Mod Mul Neg Not Or Pow Reciprocal Round Sign Sin Sinh Sqrt Sub Sum Tan Where Xor
	Celu Elu Gelu HardSigmoid HardSwish Hardmax LeakyRelu LogSoftmax Mish PRelu Relu Selu Sigmoid Softmax Softplus
	Softsign Swish Tanh ThresholdedRelu
	ArgMax ArgMin ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
	ReduceSumSquare
	Det Einsum Gemm MatMul
	Attention BatchNormalization Dropout GroupNormalization InstanceNormalization LayerNormalization LpNormalization
	MeanVarianceNormalization RMSNormalization
	GRU LSTM
	Compress Concat Constant ConstantOfShape DepthToSpace Expand EyeLike Flatten Gather GatherElements GatherND Identity
	NonZero OneHot Pad Range Reshape ReverseSequence ScatterElements ScatterND Shape Size Slice SpaceToDepth Split Squeeze
	Tile TopK Transpose Trilu Unique Unsqueeze
	AveragePool Conv GlobalAveragePool GlobalMaxPool MaxPool`)

// declared are the operators that the manifest has to name: what loops may run without end, what is
// random answers differently each time.
var declared = set(strings.Join(Declared(), " "))

// cures say what to do about operators that are not allowed.
var cures = map[string]string{
	"SequenceConstruct": "export without lists of tensors",
	"SequenceEmpty":     "export without lists of tensors",
	"SequenceInsert":    "export without lists of tensors",
	"QuantizeLinear":    "export the network before it is quantised",
	"DequantizeLinear":  "export the network before it is quantised",
	"RNN":               "export torch.nn.RNNCell in a loop of Python, which unrolls",
	"Scatter":           "export with opset 18, which has ScatterElements with a reduction",
	"Upsample":          "it is of images",
}

// Declared lists the operators that a manifest may name under operators.
func Declared() []string {
	return []string{"If", "Loop", "Scan", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"}
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
