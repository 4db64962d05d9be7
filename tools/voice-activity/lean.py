"""Makes the network that longcat-audio ships out of the published Silero VAD file.

    pip install onnx onnxruntime numpy
    python3 lean.py silero_vad.onnx silero-vad-v6.onnx

The published graph holds two networks, for 8 and 16 kHz, behind conditions that are evaluated, and recurrent weights
that are cut and joined anew, for every window of 32 ms. What is written has the network for 16 kHz alone, as a plain
sequence of operators over the same weights, and is compared with the published one over many windows before it is kept.
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

SAMPLES, CONTEXT, STATE = 512, 64, 128


def branch(model):
    """The constants of the network for 16 kHz by the last part of their names."""
    conditions = [n for n in model.graph.node if n.op_type == "If"]
    graph = next(a.g for a in conditions[0].attribute if a.name == "then_branch")
    return {
        n.output[0].split("__")[-1]: numpy_helper.to_array(n.attribute[0].t)
        for n in graph.node
        if n.op_type == "Constant"
    }


def gates(rows):
    """PyTorch has input, forget, cell, output; ONNX has input, output, forget, cell."""
    return np.concatenate([rows[:STATE], rows[3 * STATE :], rows[STATE : 3 * STATE]])


def lean(weights):
    nodes, initializers = [], []

    def constant(name, values):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(operator, inputs, outputs, **attributes):
        outputs = outputs if isinstance(outputs, list) else [outputs]
        nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs[0]

    def shape(name, *sizes):
        return constant(name, np.array(sizes, dtype=np.int64))

    x = node("Reshape", ["input", shape("samples", 1, 1, -1)], "sound")
    x = node("Pad", [x, shape("padding", 0, 0, 0, 0, 0, CONTEXT)], "padded", mode="reflect")
    basis = weights["stft.forward_basis_buffer"]
    x = node("Conv", [x, constant("basis", basis)], "spectrum", strides=[SAMPLES // 4])
    half = len(basis) // 2
    node("Split", [x, shape("halves", half, half)], ["real", "imaginary"], axis=1)
    real = node("Mul", ["real", "real"], "real_squared")
    imaginary = node("Mul", ["imaginary", "imaginary"], "imaginary_squared")
    x = node("Sqrt", [node("Add", [real, imaginary], "power")], "magnitude")
    for layer, stride in enumerate([1, 2, 2, 1]):
        prefix = f"encoder.{layer}.reparam_conv."
        inputs = [constant(f"{prefix}{part}", weights[f"{prefix}{part}"]) for part in ("weight", "bias")]
        x = node("Conv", [x, *inputs], f"convolved_{layer}", pads=[1, 1], strides=[stride])
        x = node("Relu", [x], f"encoded_{layer}")
    x = node("Reshape", [x, shape("step", 1, 1, STATE)], "encoded")
    node("Split", ["state", shape("states", 1, 1)], ["hidden", "cell"], axis=0)
    recurrent = [
        constant("input_weights", gates(weights["decoder.rnn.weight_ih"])[None]),
        constant("hidden_weights", gates(weights["decoder.rnn.weight_hh"])[None]),
        constant(
            "biases",
            np.concatenate([gates(weights["decoder.rnn.bias_ih"]), gates(weights["decoder.rnn.bias_hh"])])[None],
        ),
    ]
    node("LSTM", [x, *recurrent, "", "hidden", "cell"], ["", "hidden_next", "cell_next"], hidden_size=STATE)
    node("Concat", ["hidden_next", "cell_next"], "stateN", axis=0)
    x = node("Relu", ["hidden_next"], "remembered")
    x = node("Reshape", [x, shape("row", 1, STATE)], "remembered_row")
    decoder = constant("decoder.weight", weights["decoder.decoder.2.weight"].reshape(STATE, 1))
    x = node("Gemm", [x, decoder, constant("decoder.bias", weights["decoder.decoder.2.bias"])], "logit")
    node("Sigmoid", [x], "output")
    graph = helper.make_graph(
        nodes,
        "silero-vad",
        [
            helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, CONTEXT + SAMPLES]),
            helper.make_tensor_value_info("state", TensorProto.FLOAT, [2, 1, STATE]),
        ],
        [
            helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1]),
            helper.make_tensor_value_info("stateN", TensorProto.FLOAT, [2, 1, STATE]),
        ],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def difference(published, made, windows=2000):
    """The largest difference of probabilities over noise, tones and silence of changing loudness."""
    published = onnxruntime.InferenceSession(published, providers=["CPUExecutionProvider"])
    made = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(1)
    states = [np.zeros((2, 1, STATE), np.float32)] * 2
    largest = 0.0
    for window in range(windows):
        loudness = np.float32(10 ** random.uniform(-5, 0))
        sound = random.standard_normal((1, CONTEXT + SAMPLES)).astype(np.float32)
        if window % 3 == 1:
            sound = np.sin(np.arange(CONTEXT + SAMPLES)[None] * random.uniform(0.01, 1)).astype(np.float32)
        sound = np.clip(loudness * sound, -1, 1)
        rate = np.array(16000, dtype=np.int64)
        expected = published.run(None, {"input": sound, "state": states[0], "sr": rate})
        actual = made.run(None, {"input": sound, "state": states[1]})
        states = [expected[1], actual[1]]
        largest = max(largest, abs(float(expected[0][0, 0] - actual[0][0, 0])))
    return largest


def main():
    source, target = sys.argv[1:]
    model = lean(branch(onnx.load(source))).SerializeToString()
    worst = difference(source, model)
    print(f"probabilities differ by {worst:.2e} at most")
    if not worst < 1e-4:
        sys.exit("this is not the same network")
    with open(target, "wb") as file:
        file.write(model)


if __name__ == "__main__":
    main()
