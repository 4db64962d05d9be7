package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;

class MediaLibraryTest {
  @Test
  void loadingTwiceIsHarmlessAndTheLibraryIsFreeOfGplParts() {
    MediaLibrary.load();
    MediaLibrary.load();

    assertThat(avformat.avformat_license().getString()).startsWith("LGPL");
  }

  @Test
  void libraryIsSilentOnErrorStreams() {
    MediaLibrary.load();

    assertThat(avutil.av_log_get_level()).isEqualTo(avutil.AV_LOG_QUIET);
  }
}
