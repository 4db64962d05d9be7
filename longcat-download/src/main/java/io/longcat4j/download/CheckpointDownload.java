package io.longcat4j.download;

import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A download as it is described; {@link #run()} runs it, {@link #list()} tells what it would fetch,
 * {@link #verify()} compares a directory with it.
 *
 * <p>Files come over several connections, one for each, are hashed as they are written and put in
 * their place when their hash is right, so that what has its name is whole. What arrived of others
 * lies in {@code .longcat-download} of the same directory: the same download, begun again after
 * whatever ended it, goes on from there. An interrupted thread ends it with {@link
 * DownloadInterruptedException}.
 *
 * <p>Proxies are those of {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code
 * NO_PROXY}; address and token those of the variables that {@link Hub} names. A token goes to the
 * hub alone, never to where the hub refers. For a proxy that asks for a password, start the JVM
 * with {@code -Djdk.http.auth.tunneling.disabledSchemes=}. {@code -Djdk.httpclient.bufsize=65536}
 * costs processors less than the JDK's default; {@code longcat pull} sets both.
 *
 * <p>Not thread-safe; it can be run again.
 */
public final class CheckpointDownload {
  private static final int MOST_CONNECTIONS = 32;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][\\w.-]{0,95}/[\\w.-]{1,96}");

  private final String repository;
  private Optional<Path> directory = Optional.empty();
  private Hub hub = Hub.HUGGING_FACE;
  private Optional<String> revision = Optional.empty();
  private Optional<URI> endpoint = Optional.empty();
  private Optional<String> token = Optional.empty();
  private ModelPart part = ModelPart.ALL;
  private int connections = 4;
  private int retries = 8;
  private boolean replace;
  private DownloadListener listener = progress -> {};
  private Map<String, String> environment = System.getenv();
  private Pace pace = new SystemPace();
  private FreeSpace space = at -> Files.getFileStore(at).getUsableSpace();

  /** How much room there is. */
  @FunctionalInterface
  interface FreeSpace {
    /** Bytes that may be written in a directory. */
    long in(Path directory) throws IOException;
  }

  CheckpointDownload(String repository) {
    if (!NAME.matcher(repository).matches() || repository.contains("..")) {
      throw new InvalidRequestException(
          "'"
              + repository
              + "' names no repository; pass owner and name, as in"
              + " meituan-longcat/LongCat-Flash-Omni");
    }
    this.repository = repository;
  }

  /**
   * Chooses where the files go.
   *
   * @param target a directory; made if missing. Default: the repository's name in the working
   *     directory
   * @return this
   */
  public CheckpointDownload to(Path target) {
    this.directory = Optional.of(target);
    return this;
  }

  /**
   * Chooses where the repository lies.
   *
   * @param chosen default: {@link Hub#HUGGING_FACE}
   * @return this
   */
  public CheckpointDownload from(Hub chosen) {
    this.hub = chosen;
    return this;
  }

  /**
   * Chooses another address that speaks the hub's protocol, such as a mirror.
   *
   * @param address http or https, without a query
   * @return this
   */
  public CheckpointDownload endpoint(URI address) {
    requireEndpoint(address, "The endpoint");
    this.endpoint = Optional.of(address);
    return this;
  }

  /**
   * Chooses a version; a branch is looked up once, so that all files are of the same commit.
   *
   * @param name a branch, a tag or a commit; default: the hub's main branch
   * @return this
   */
  public CheckpointDownload revision(String name) {
    if (name.isBlank() || name.length() > 200) {
      throw new InvalidRequestException("A revision is a branch, a tag or a commit; name one");
    }
    this.revision = Optional.of(name);
    return this;
  }

  /**
   * Sets what opens repositories that are not public, instead of the environment's.
   *
   * @param secret a token of the hub
   * @return this
   */
  public CheckpointDownload token(String secret) {
    this.token = Optional.of(secret);
    return this;
  }

  /**
   * Chooses files.
   *
   * @param wanted default: {@link ModelPart#ALL}
   * @return this
   */
  public CheckpointDownload part(ModelPart wanted) {
    this.part = wanted;
    return this;
  }

  /**
   * Chooses how many files come at a time.
   *
   * @param count 1 to 32; default: 4
   * @return this
   */
  public CheckpointDownload connections(int count) {
    if (count < 1 || count > MOST_CONNECTIONS) {
      throw new InvalidRequestException(
          "connections is " + count + "; pass 1 to " + MOST_CONNECTIONS);
    }
    this.connections = count;
    return this;
  }

  /**
   * Chooses how many attempts in a row may bring nothing, for each file, before the download ends.
   * Pauses between them double from half a second to about a minute.
   *
   * @param count 0 to 100; default: 8
   * @return this
   */
  public CheckpointDownload retries(int count) {
    if (count < 0 || count > 100) {
      throw new InvalidRequestException("retries is " + count + "; pass 0 to 100");
    }
    this.retries = count;
    return this;
  }

  /**
   * Chooses whether files with the names of listed ones, but other content, may be replaced. Those
   * that a download put there and nobody changed are replaced in any case.
   *
   * @param allowed default: no
   * @return this
   */
  public CheckpointDownload replace(boolean allowed) {
    this.replace = allowed;
    return this;
  }

  /**
   * Hears how far it is.
   *
   * @param hearer called on the thread that runs the download
   * @return this
   */
  public CheckpointDownload onProgress(DownloadListener hearer) {
    this.listener = hearer;
    return this;
  }

  CheckpointDownload environment(Map<String, String> variables) {
    this.environment = Map.copyOf(variables);
    return this;
  }

  CheckpointDownload pace(Pace other) {
    this.pace = other;
    return this;
  }

  CheckpointDownload space(FreeSpace other) {
    this.space = other;
    return this;
  }

  /**
   * Where the files go.
   *
   * @return as chosen, or by the repository's name
   */
  public Path directory() {
    return directory.orElseGet(() -> Path.of(repository.substring(repository.indexOf('/') + 1)));
  }

  /**
   * Asks what there is; nothing is written.
   *
   * @return the files that {@link #run()} would see to
   * @throws DownloadException if the hub does not tell
   */
  public Listing list() {
    return interruptibly(() -> wanted(source(new Quiet(pace)).repository().list()));
  }

  /**
   * Fetches what is not there.
   *
   * @return what is there now
   * @throws DownloadException if it cannot be fetched, or there is no room for it; what came stays
   */
  public Downloaded run() {
    return interruptibly(this::fetch);
  }

  /**
   * Reads all files of the directory and compares them with the repository; nothing is written.
   *
   * @return what each file is
   * @throws DownloadException if the hub does not tell, or a file cannot be read
   */
  public Verification verify() {
    return interruptibly(
        () -> {
          Quiet quiet = new Quiet(pace);
          Listing listing = wanted(source(quiet).repository().list());
          List<Check> checks =
              listing.files().stream().map(file -> new Check(file, directory())).toList();
          new Crew(settings(), quiet, listener).work(checks, listing.bytes());
          return new Verification(listing, checks.stream().map(Check::result).toList());
        });
  }

  private Downloaded fetch() throws InterruptedException {
    Quiet quiet = new Quiet(pace);
    Source source = source(quiet);
    Listing all = source.repository().list();
    Listing listing = wanted(all);
    try (WorkDirectory work = WorkDirectory.open(directory())) {
      work.forgetAllBut(all.files());
      new Room(work, settings(), space).require(directory(), listing);
      List<Transfer> transfers =
          listing.files().stream()
              .map(
                  file ->
                      new Transfer(
                          file, source.repository().content(file), source.web(), work, settings()))
              .toList();
      new Crew(settings(), quiet, listener).work(transfers, listing.bytes());
      List<String> unchecked =
          listing.files().stream()
              .filter(file -> file.hash().isEmpty())
              .map(RepositoryFile::path)
              .toList();
      return new Downloaded(directory(), listing, Crew.received(transfers), unchecked);
    }
  }

  private Listing wanted(Listing all) {
    List<RepositoryFile> files =
        all.files().stream().filter(file -> part.includes(file.path())).toList();
    if (files.isEmpty()) {
      throw new DownloadException(
          repository + " has no files of what is wanted; check its name and revision");
    }
    return new Listing(all.repository(), all.revision(), files);
  }

  /** A repository and the way to it. */
  private record Source(Repository repository, Web web) {}

  private Source source(Quiet quiet) {
    URI address = endpoint.orElseGet(this::endpointOfEnvironment);
    Optional<String> secret = token.or(() -> variable(hub.tokenVariable()));
    Web web = new Web(address, secret, hub.tokenVariable(), new Proxies(environment), pace, quiet);
    JsonPages pages = new JsonPages(web, retries, pace);
    String version = revision.orElse(hub.revision());
    return new Source(
        hub == Hub.MODEL_SCOPE
            ? new ModelScopeRepository(address, repository, version, pages)
            : new HuggingFaceRepository(address, repository, version, pages),
        web);
  }

  private URI endpointOfEnvironment() {
    String value = variable(hub.endpointVariable()).orElse(hub.address());
    try {
      return requireEndpoint(URI.create(value), hub.endpointVariable());
    } catch (IllegalArgumentException e) {
      throw notAnEndpoint(hub.endpointVariable(), e);
    }
  }

  private static URI requireEndpoint(URI address, String what) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https"))
        || address.getHost() == null
        || address.getRawQuery() != null
        || address.getRawUserInfo() != null) {
      throw notAnEndpoint(what, null);
    }
    return address;
  }

  private static InvalidRequestException notAnEndpoint(String what, @Nullable Exception cause) {
    return new InvalidRequestException(
        what + " is no address of a hub; pass one such as https://huggingface.co", cause);
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  private DownloadSettings settings() {
    return new DownloadSettings(connections, retries, replace, pace);
  }

  private <T> T interruptibly(Callable<T> work) {
    try {
      return work.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DownloadInterruptedException(
          "The download was interrupted; run it again, it goes on where it ended", e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("no other exception is declared", e);
    }
  }
}
