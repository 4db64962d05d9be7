package io.longcat4j.vision;

import java.util.function.Function;

/** The encoder and projector in plain loops, for one frame pair. */
record PlainEncoder(VisionConfig config, Function<String, float[]> weights) {

  float[] embeddings(float[] patches, int rows, RotaryAngles angles) {
    int hidden = config.hiddenSize();
    String patchBias = config.patchEmbeddingBias() ? "embeddings.patch_embedding.bias" : "";
    float[] x = linear(patches, rows, "embeddings.patch_embedding.weight", patchBias);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      String prefix = "encoder.layers." + layer + ".";
      float[] attended =
          attention(prefix + "attn.", rms(x, rows, prefix + "norm1.weight"), rows, angles);
      addScaled(x, attended, prefix + "ls1");
      addScaled(
          x, mlp(prefix + "mlp.", rms(x, rows, prefix + "norm2.weight"), rows), prefix + "ls2");
    }
    int half = rows / 2;
    float[] y = layerNorm(x, half, 2 * hidden);
    y = gelu(linear(y, half, "p0.1.weight", "p0.1.bias"));
    y = gelu(linear(y, half, "p0.3.weight", "p0.3.bias"));
    return linear(y, half, "proj.weight", "proj.bias");
  }

  private float[] attention(String prefix, float[] x, int rows, RotaryAngles angles) {
    int hidden = config.hiddenSize();
    float[] qkv =
        linear(x, rows, prefix + "qkv.weight", config.qkvBias() ? prefix + "qkv.bias" : "");
    float[] query = queryOrKey(columns(qkv, rows, 0), rows, angles, prefix + "q_norm.weight");
    float[] key = queryOrKey(columns(qkv, rows, hidden), rows, angles, prefix + "k_norm.weight");
    float[] value = columns(qkv, rows, 2 * hidden);
    float[] context = new float[rows * hidden];
    for (int head = 0; head < config.numAttentionHeads(); head++) {
      for (int row = 0; row < rows; row++) {
        attend(query, key, value, context, rows, row, head * config.headDim());
      }
    }
    return linear(context, rows, prefix + "proj.weight", prefix + "proj.bias");
  }

  private void attend(
      float[] query, float[] key, float[] value, float[] context, int rows, int row, int at) {
    int hidden = config.hiddenSize();
    double[] weights = new double[rows];
    double sum = 0;
    for (int other = 0; other < rows; other++) {
      double score = 0;
      for (int i = at; i < at + config.headDim(); i++) {
        score += query[row * hidden + i] * key[other * hidden + i];
      }
      weights[other] = Math.exp(score / Math.sqrt(config.headDim()));
      sum += weights[other];
    }
    for (int i = at; i < at + config.headDim(); i++) {
      double mixed = 0;
      for (int other = 0; other < rows; other++) {
        mixed += weights[other] * value[other * hidden + i];
      }
      context[row * hidden + i] = (float) (mixed / sum);
    }
  }

  private float[] queryOrKey(float[] x, int rows, RotaryAngles angles, String norm) {
    int half = config.headDim() / 2;
    float[] rotated = new float[x.length];
    for (int row = 0; row < rows; row++) {
      for (int head = 0; head < config.numAttentionHeads(); head++) {
        int at = row * config.hiddenSize() + head * config.headDim();
        for (int i = 0; i < half; i++) {
          float cosine = angles.cosines()[row * half + i];
          float sine = angles.sines()[row * half + i];
          rotated[at + i] = x[at + i] * cosine - x[at + half + i] * sine;
          rotated[at + half + i] = x[at + half + i] * cosine + x[at + i] * sine;
        }
      }
    }
    return config.qkNormalization() ? rms(rotated, rows, norm) : rotated;
  }

  private float[] mlp(String prefix, float[] x, int rows) {
    float[] gate = linear(x, rows, prefix + "fc1.weight", prefix + "fc1.bias");
    float[] up = linear(x, rows, prefix + "fc3.weight", prefix + "fc3.bias");
    for (int i = 0; i < gate.length; i++) {
      gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
    }
    return linear(
        rms(gate, rows, prefix + "norm.weight"), rows, prefix + "fc2.weight", prefix + "fc2.bias");
  }

  private float[] columns(float[] qkv, int rows, int from) {
    int hidden = config.hiddenSize();
    float[] part = new float[rows * hidden];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(qkv, row * 3 * hidden + from, part, row * hidden, hidden);
    }
    return part;
  }

  private void addScaled(float[] x, float[] addend, String scale) {
    float[] factors = weights.apply(scale);
    for (int i = 0; i < x.length; i++) {
      x[i] += addend[i] * factors[i % factors.length];
    }
  }

  private float[] rms(float[] x, int rows, String weight) {
    float[] scale = weights.apply(weight);
    int width = x.length / rows;
    float[] y = new float[x.length];
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += x[row * width + i] * x[row * width + i];
      }
      double factor = 1 / Math.sqrt(squares / width + config.layerNormEps());
      for (int i = 0; i < width; i++) {
        y[row * width + i] = (float) (x[row * width + i] * factor) * scale[i];
      }
    }
    return y;
  }

  private float[] layerNorm(float[] x, int rows, int width) {
    float[] scale = weights.apply("p0.0.weight");
    float[] shift = weights.apply("p0.0.bias");
    float[] y = new float[x.length];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < width; i++) {
        sum += x[row * width + i];
        squares += x[row * width + i] * x[row * width + i];
      }
      double mean = sum / width;
      double factor = 1 / Math.sqrt(squares / width - mean * mean + 1e-5);
      for (int i = 0; i < width; i++) {
        y[row * width + i] = (float) ((x[row * width + i] - mean) * factor) * scale[i] + shift[i];
      }
    }
    return y;
  }

  private float[] linear(float[] x, int rows, String weight, String bias) {
    float[] matrix = weights.apply(weight);
    int in = x.length / rows;
    int out = matrix.length / in;
    float[] y = new float[rows * out];
    for (int row = 0; row < rows; row++) {
      for (int o = 0; o < out; o++) {
        double sum = bias.isEmpty() ? 0 : weights.apply(bias)[o];
        for (int i = 0; i < in; i++) {
          sum += x[row * in + i] * matrix[o * in + i];
        }
        y[row * out + o] = (float) sum;
      }
    }
    return y;
  }

  private static float[] gelu(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) (0.5 * x[i] * (1 + erf(x[i] / Math.sqrt(2))));
    }
    return y;
  }

  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 120; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}
