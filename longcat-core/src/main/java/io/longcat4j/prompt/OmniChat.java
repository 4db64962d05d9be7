package io.longcat4j.prompt;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.ToolCall;
import io.longcat4j.Video;
import java.util.Iterator;
import java.util.List;

/** The Omni format: each prefix, part and suffix is encoded on its own. */
final class OmniChat {
  private OmniChat() {}

  /** Writes a whole message; takes the layouts of its media. */
  static void message(Message message, Iterator<MediaLayout> remaining, PromptBuilder builder) {
    builder.format(message.role().name() + ":");
    List<Part> parts = message.parts();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof Text text) {
        builder.quote(text.text());
      } else if (parts.get(i) instanceof ToolCall call) {
        ToolText.call(call, builder);
        builder.flush();
      } else {
        builder.media(layoutOf(parts.get(i), remaining));
      }
      if (isEnded(message, i)) {
        builder.endOfMessage();
      }
    }
    builder.format("\n");
  }

  /**
   * System and assistant parts are ended one by one, but a call stays with what comes before it.
   */
  private static boolean isEnded(Message message, int index) {
    boolean beforeCall =
        index + 1 < message.parts().size() && message.parts().get(index + 1) instanceof ToolCall;
    return (message.role() == Role.SYSTEM || message.role() == Role.ASSISTANT) && !beforeCall;
  }

  private static MediaLayout layoutOf(Part part, Iterator<MediaLayout> remaining) {
    if (!remaining.hasNext()) {
      throw new IllegalArgumentException("The prompt has more media parts than layouts were given");
    }
    MediaLayout layout = remaining.next();
    boolean fits =
        (part instanceof Image && layout instanceof MediaLayout.OfImage)
            || (part instanceof Audio && layout instanceof MediaLayout.OfAudio)
            || (part instanceof Video && layout instanceof MediaLayout.OfVideo)
            || (part instanceof Interleaved && layout instanceof MediaLayout.OfInterleaved);
    if (!fits) {
      throw new IllegalArgumentException(
          layout + " is no layout of a part of type " + part.getClass().getSimpleName());
    }
    return layout;
  }
}
