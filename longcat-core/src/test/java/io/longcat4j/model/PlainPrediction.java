package io.longcat4j.model;

import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import java.util.Arrays;

/** Multi-token prediction position by position, with keys and values written out. */
final class PlainPrediction {
  private static final String LAYER = "model.mtp.layers.0.";
  private static final double LOW_RANK_EPSILON = 1e-6;

  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final int hidden;

  PlainPrediction(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    this.config = checkpoint.model();
    this.hidden = config.hiddenSize();
  }

  /** From the states after the final norm and the tokens that follow, negative for none. */
  float[] ahead(float[] states, int[] nextIds) {
    int positions = nextIds.length;
    float[] embedding = weight("model.embed_tokens");
    double[][] queries = new double[positions][];
    double[][] latents = new double[positions][];
    double[][] rotated = new double[positions][];
    float[] ahead = new float[states.length];
    for (int p = 0; p < positions; p++) {
      double[] token = new double[hidden];
      double[] state = new double[hidden];
      for (int i = 0; i < hidden; i++) {
        token[i] = nextIds[p] < 0 ? 0 : embedding[nextIds[p] * hidden + i];
        state[i] = states[p * hidden + i];
      }
      double[] pair = new double[2 * hidden];
      System.arraycopy(norm(token, LAYER + "enorm.m", config.rmsNormEps()), 0, pair, 0, hidden);
      System.arraycopy(
          norm(state, LAYER + "hnorm.m", config.rmsNormEps()), 0, pair, hidden, hidden);
      double[] x = times(LAYER + "eh_proj", pair);

      double[] normed = norm(x, LAYER + "input_layernorm", config.rmsNormEps());
      keep(p, normed, queries, latents, rotated);
      add(x, times(LAYER + "self_attn.o_proj", attend(p, queries, latents, rotated)));

      double[] inner = norm(x, LAYER + "post_attention_layernorm", config.rmsNormEps());
      double[] gate = times(LAYER + "transformer_layer.mlp.gate_proj", inner);
      double[] up = times(LAYER + "transformer_layer.mlp.up_proj", inner);
      for (int i = 0; i < up.length; i++) {
        up[i] *= gate[i] / (1 + Math.exp(-gate[i]));
      }
      add(x, times(LAYER + "transformer_layer.mlp.down_proj", up));
      double[] last = norm(x, "model.mtp.norm", config.rmsNormEps());
      for (int i = 0; i < hidden; i++) {
        ahead[p * hidden + i] = (float) last[i];
      }
    }
    return ahead;
  }

  private void keep(int p, double[] x, double[][] queries, double[][] latents, double[][] rotated) {
    double[] low = times(LAYER + "self_attn.q_a_proj", x);
    low = norm(low, LAYER + "self_attn.q_a_layernorm", LOW_RANK_EPSILON);
    queries[p] = times(LAYER + "self_attn.q_b_proj", low);
    scale(queries[p], Math.sqrt((double) hidden / config.qLoraRank()));
    int width = config.qkNopeHeadDim() + config.qkRopeHeadDim();
    for (int head = 0; head < config.numAttentionHeads(); head++) {
      rotate(queries[p], head * width + config.qkNopeHeadDim(), p);
    }
    double[] both = times(LAYER + "self_attn.kv_a_proj_with_mqa", x);
    double[] latent = Arrays.copyOf(both, config.kvLoraRank());
    latents[p] = norm(latent, LAYER + "self_attn.kv_a_layernorm", LOW_RANK_EPSILON);
    scale(latents[p], Math.sqrt((double) hidden / config.kvLoraRank()));
    rotated[p] = Arrays.copyOfRange(both, config.kvLoraRank(), both.length);
    rotate(rotated[p], 0, p);
  }

  private double[] attend(int p, double[][] queries, double[][] latents, double[][] rotated) {
    int nope = config.qkNopeHeadDim();
    int rope = config.qkRopeHeadDim();
    int value = config.vHeadDim();
    double[] out = new double[config.numAttentionHeads() * value];
    for (int head = 0; head < config.numAttentionHeads(); head++) {
      double total = 0;
      for (int k = 0; k <= p; k++) {
        double[] keysAndValues = times(LAYER + "self_attn.kv_b_proj", latents[k]);
        int key = head * (nope + value);
        int query = head * (nope + rope);
        double score = 0;
        for (int i = 0; i < nope; i++) {
          score += queries[p][query + i] * keysAndValues[key + i];
        }
        for (int i = 0; i < rope; i++) {
          score += queries[p][query + nope + i] * rotated[k][i];
        }
        double mass = Math.exp(score / Math.sqrt(nope + rope));
        total += mass;
        for (int i = 0; i < value; i++) {
          out[head * value + i] += mass * keysAndValues[key + nope + i];
        }
      }
      for (int i = 0; i < value; i++) {
        out[head * value + i] /= total;
      }
    }
    return out;
  }

  private void rotate(double[] x, int from, int position) {
    int columns = config.qkRopeHeadDim();
    for (int i = 0; i < columns; i += 2) {
      double angle = position * Math.pow(config.ropeTheta(), -(double) i / columns);
      double first = x[from + i];
      double second = x[from + i + 1];
      x[from + i] = first * Math.cos(angle) - second * Math.sin(angle);
      x[from + i + 1] = first * Math.sin(angle) + second * Math.cos(angle);
    }
  }

  private double[] norm(double[] x, String gain, double epsilon) {
    float[] gains = weight(gain);
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] / Math.sqrt(squares / x.length + epsilon) * gains[i];
    }
    return out;
  }

  private double[] times(String name, double[] x) {
    float[] matrix = weight(name);
    double[] out = new double[matrix.length / x.length];
    for (int row = 0; row < out.length; row++) {
      for (int i = 0; i < x.length; i++) {
        out[row] += matrix[row * x.length + i] * x[i];
      }
    }
    return out;
  }

  private float[] weight(String name) {
    return checkpoint.weights().require(name + ".weight").toFloats();
  }

  private static void scale(double[] x, double factor) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
  }

  private static void add(double[] x, double[] addend) {
    for (int i = 0; i < x.length; i++) {
      x[i] += addend[i];
    }
  }
}
