package io.longcat4j.vision;

import io.longcat4j.modality.ModalityContext;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.VisionProvider;
import java.util.List;

/** Opens LongCat-ViT; found by {@link java.util.ServiceLoader}. */
public final class LongCatVisionProvider implements VisionProvider {
  /** Used by the service loader. */
  public LongCatVisionProvider() {}

  @Override
  public Vision open(ModalityContext context) {
    return LongCatVision.open(context);
  }

  @Override
  public List<String> files() {
    return VisionEncoder.FILES;
  }
}
