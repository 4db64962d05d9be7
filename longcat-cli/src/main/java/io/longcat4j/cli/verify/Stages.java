package io.longcat4j.cli.verify;

import java.util.List;

/** All stages that this version of the library can be compared in. */
public final class Stages {
  private Stages() {}

  /**
   * The stages in the order a request passes them.
   *
   * @param target what is verified
   * @return the stages
   */
  public static List<Stage> all(Target target) {
    return List.of(
        new TemplateStage(target),
        new LanguageModelStage(target),
        new SparseAttentionStage(target),
        new SpeechStage(target),
        new VisionStage(target),
        new AudioStage(target),
        new CodecStage(target));
  }

  /**
   * The stages that other ranks take part in.
   *
   * @param target what is verified
   * @return those of the language model, in order
   */
  public static List<Stage> ofLanguageModel(Target target) {
    return List.of(
        new LanguageModelStage(target), new SparseAttentionStage(target), new SpeechStage(target));
  }
}
