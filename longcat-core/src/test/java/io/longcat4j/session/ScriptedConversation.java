package io.longcat4j.session;

import io.longcat4j.Audio;
import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveAudio;
import io.longcat4j.LiveInterleaved;
import io.longcat4j.LiveVideo;
import io.longcat4j.LongCatException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.spi.EventSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that writes down what it is told, in words: what a model would have been fed. Its
 * replies say what a test has them say.
 */
final class ScriptedConversation implements Conversation {

  /** All conversations that come of one. */
  static final class World {
    final List<Reply> replies = new ArrayList<>();
    final List<List<String>> prepared = new ArrayList<>();
    int open;
    @Nullable LongCatException refusal;

    Reply last() {
      return replies.get(replies.size() - 1);
    }
  }

  /** A reply that a test makes. */
  static final class Reply implements EventSource<Event> {
    final List<String> question;
    private final Deque<Event> events = new ArrayDeque<>();
    private Runnable listener = () -> {};
    private @Nullable LongCatException failure;
    boolean closed;
    private boolean told;

    Reply(List<String> question) {
      this.question = question;
    }

    /** Whether it has come to its end. */
    boolean isTold() {
      return told;
    }

    void tell(Event event) {
      told |= event instanceof Done;
      events.add(event);
      listener.run();
    }

    void fail(LongCatException reason) {
      failure = reason;
      listener.run();
    }

    @Override
    public @Nullable Event poll() {
      Event event = events.poll();
      if (event == null && failure != null) {
        throw failure;
      }
      return event;
    }

    @Override
    public void onAvailable(Runnable other) {
      listener = other;
      other.run();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private record Marked(List<String> said, @Nullable Reply answer) implements Checkpoint {}

  final World world;
  final List<String> said;
  private final StringBuilder live = new StringBuilder();
  private @Nullable Reply answer;
  private boolean isLive;
  private boolean closed;

  ScriptedConversation(World world, List<String> said) {
    this.world = world;
    this.said = new ArrayList<>(said);
    world.open++;
  }

  /** What was said, a live part as if it ended now. */
  List<String> all() {
    List<String> all = new ArrayList<>(said);
    if (isLive) {
      all.add(live.toString());
    }
    return all;
  }

  private void endLive() {
    if (isLive) {
      said.add(live.toString());
      live.setLength(0);
      isLive = false;
    }
  }

  private void settle() {
    if (closed) {
      throw new IllegalStateException("a closed conversation was used");
    }
    endLive();
  }

  @Override
  public void append(Part... parts) {
    settle();
    for (Part part : parts) {
      said.add(describe(part));
    }
  }

  static String describe(Part part) {
    if (part instanceof Text text) {
      return text.text();
    }
    if (part instanceof Video video && video.content() instanceof Video.Decoded frames) {
      return "video " + frames.frames().pairSeconds();
    }
    if (part instanceof Interleaved both) {
      return "both " + describe(both.video()) + " " + describe(both.audio());
    }
    if (part instanceof Audio audio && audio.content() instanceof Audio.Decoded sound) {
      return "sound of " + sound.samples().count();
    }
    return part instanceof Image ? "image" : part.toString();
  }

  @Override
  public void appendToolResult(String result) {
    settle();
    said.add("result " + result);
  }

  /** Counts samples of speech, which have a value, and of silence. */
  private final class Live implements LiveInterleaved {
    private long samples;
    private boolean over;

    Live(String kind) {
      settle();
      isLive = true;
      live.append(kind);
    }

    @Override
    public void write(float[] sound) {
      if (over) {
        throw new InvalidRequestException("over");
      }
      samples += sound.length;
      int at = live.indexOf("#") < 0 ? live.length() : live.indexOf("#");
      live.replace(at, live.length(), "#" + samples);
    }

    @Override
    public void write(short[] pcm16) {
      write(new float[pcm16.length]);
    }

    @Override
    public void show(Pixels frame, Duration at) {
      live.insert(0, "frame " + at.toMillis() + " ");
    }

    @Override
    public void close() {
      over = true;
      endLive();
    }
  }

  @Override
  public LiveAudio openAudio(int sampleRateHz) {
    return new Live("heard ");
  }

  @Override
  public LiveVideo openVideo(Duration longest) {
    return new Live("seen ");
  }

  @Override
  public LiveInterleaved openInterleaved(int sampleRateHz, Duration longest) {
    return new Live("both ");
  }

  @Override
  public void prepare(Generation generation) {
    settle();
    world.prepared.add(List.copyOf(said));
  }

  @Override
  public ReplyStream stream(Generation generation, Part... parts) {
    append(parts);
    LongCatException refusal = world.refusal;
    if (refusal != null) {
      throw refusal;
    }
    Reply reply = new Reply(List.copyOf(said));
    world.replies.add(reply);
    answer = reply;
    said.add("reply " + world.replies.size());
    return new ReplyStream(reply);
  }

  @Override
  public String truncateAt(Duration heard) {
    if (closed) {
      throw new IllegalStateException("a closed conversation was used");
    }
    if (answer == null) {
      throw new InvalidRequestException("no reply");
    }
    answer.close();
    String words = "cut at " + heard.toMillis();
    said.set(lastReply(), words);
    return words;
  }

  private int lastReply() {
    int at = said.size() - 1;
    while (!said.get(at).startsWith("reply") && !said.get(at).startsWith("cut")) {
      at--;
    }
    return at;
  }

  @Override
  public void restore(List<Message> messages) {
    endLive();
    said.clear();
    messages.forEach(message -> said.add(message.role() + " " + describe(message.parts().get(0))));
  }

  @Override
  public Checkpoint checkpoint() {
    return new Marked(all(), answer);
  }

  @Override
  public void rollback(Checkpoint checkpoint) {
    isLive = false;
    live.setLength(0);
    said.clear();
    said.addAll(((Marked) checkpoint).said);
    answer = ((Marked) checkpoint).answer;
  }

  @Override
  public Conversation fork() {
    return new ScriptedConversation(world, all());
  }

  @Override
  public Conversation fork(ConversationOptions options) {
    List<String> other = all();
    other.add(0, "system " + options.system().orElse(""));
    return new ScriptedConversation(world, other);
  }

  @Override
  public int positions() {
    return said.size();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      world.open--;
    }
  }
}
