package io.longcat4j.download;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A repository of Hugging Face: a revision is a commit, the tree of the commit comes in pages, and
 * each file in it has a length and the SHA-256 of large file storage or git's name of a blob.
 */
final class HuggingFaceRepository implements Repository {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final int MOST_PAGES = 1_000;

  private final URI endpoint;
  private final String name;
  private final String revision;
  private final JsonPages pages;
  private String commit = "";

  HuggingFaceRepository(URI endpoint, String name, String revision, JsonPages pages) {
    this.endpoint = endpoint;
    this.name = name;
    this.revision = revision;
    this.pages = pages;
  }

  @Override
  public Listing list() throws InterruptedException {
    commit = commit();
    List<RepositoryFile> files = new ArrayList<>();
    Optional<URI> at = Optional.of(api("/tree/" + commit + "?recursive=true"));
    for (int page = 0; at.isPresent(); page++) {
      if (page == MOST_PAGES) {
        throw Repository.unusable(at.get(), "more pages than a repository has");
      }
      JsonPages.Page content = pages.get(at.get());
      add(at.get(), content.content(), files);
      at = content.next();
    }
    files.sort(Comparator.comparing(RepositoryFile::path));
    return new Listing(name, commit, files);
  }

  @Override
  public URI content(RepositoryFile file) {
    return Repository.at(
        endpoint, "/" + name + "/resolve/" + commit + "/" + Repository.encodedPath(file.path()));
  }

  private String commit() throws InterruptedException {
    URI uri = api("/revision/" + Repository.encoded(revision));
    String sha = pages.get(uri).content().path("sha").asText("");
    if (!COMMIT.matcher(sha).matches()) {
      throw Repository.unusable(uri, "without the commit of the revision");
    }
    return sha;
  }

  private static void add(URI uri, JsonNode entries, List<RepositoryFile> files) {
    if (!entries.isArray()) {
      throw Repository.unusable(uri, "what is no list of files");
    }
    for (JsonNode entry : entries) {
      if (entry.path("type").asText().equals("file")) {
        files.add(file(uri, entry));
      }
      if (files.size() > MOST_FILES) {
        throw Repository.unusable(uri, "with more than " + MOST_FILES + " files");
      }
    }
  }

  private static RepositoryFile file(URI uri, JsonNode entry) {
    JsonNode large = entry.path("lfs");
    JsonNode size = large.path("size").isNumber() ? large.path("size") : entry.path("size");
    if (!entry.path("path").isTextual() || !size.canConvertToLong() || !size.isIntegralNumber()) {
      throw Repository.unusable(uri, "with a file that has no name or no size");
    }
    ContentHash hash =
        large.isObject()
            ? new ContentHash(ContentHash.Kind.SHA256, large.path("oid").asText())
            : new ContentHash(ContentHash.Kind.GIT_BLOB, entry.path("oid").asText());
    return new RepositoryFile(entry.path("path").asText(), size.longValue(), Optional.of(hash));
  }

  private URI api(String rest) {
    return Repository.at(endpoint, "/api/models/" + name + rest);
  }
}
