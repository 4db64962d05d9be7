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
    SharedModel model = new SharedModel(target);
    return List.of(
        new TemplateStage(target),
        new LanguageModelStage(model),
        new SparseAttentionStage(model),
        new SpeechStage(model),
        new VisionStage(target),
        new AudioStage(target),
        new CodecStage(target),
        new CodecEncoderStage(target));
  }

  /**
   * Takes part in the stages that another process runs over the language model, to their end.
   *
   * @param target what is verified there
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  public static void follow(Target target) {
    try (SharedModel model = new SharedModel(target)) {
      model.get().follow();
    }
  }
}
