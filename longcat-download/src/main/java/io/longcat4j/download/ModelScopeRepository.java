package io.longcat4j.download;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A repository of ModelScope: the tree of a branch or tag in one answer, each file with its length,
 * its SHA-256 and the commit that it is from, by which it is asked for.
 */
final class ModelScopeRepository implements Repository {
  private final URI endpoint;
  private final String name;
  private final String revision;
  private final JsonPages pages;
  private final Map<String, String> commits = new HashMap<>();

  ModelScopeRepository(URI endpoint, String name, String revision, JsonPages pages) {
    this.endpoint = endpoint;
    this.name = name;
    this.revision = revision;
    this.pages = pages;
  }

  @Override
  public Listing list() throws InterruptedException {
    URI uri = api("/repo/files?Revision=" + Repository.encoded(revision) + "&Recursive=true");
    JsonNode content = pages.get(uri).content();
    JsonNode entries = content.path("Data").path("Files");
    if (!entries.isArray()) {
      throw Repository.unusable(
          uri, "without files (" + content.path("Message").asText("no message") + ")");
    }
    if (entries.size() > MOST_FILES) {
      throw Repository.unusable(uri, "with more than " + MOST_FILES + " files");
    }
    List<RepositoryFile> files = new ArrayList<>();
    for (JsonNode entry : entries) {
      if (!entry.path("Type").asText().equals("tree")) {
        files.add(file(uri, entry));
      }
    }
    files.sort(Comparator.comparing(RepositoryFile::path));
    return new Listing(name, revision, files);
  }

  @Override
  public URI content(RepositoryFile file) {
    return api(
        "/repo?Revision="
            + Repository.encoded(commits.getOrDefault(file.path(), revision))
            + "&FilePath="
            + Repository.encoded(file.path()));
  }

  private RepositoryFile file(URI uri, JsonNode entry) {
    JsonNode size = entry.path("Size");
    String path = entry.path("Path").asText("");
    if (path.isEmpty() || !size.canConvertToLong() || !size.isIntegralNumber()) {
      throw Repository.unusable(uri, "with a file that has no name or no size");
    }
    String commit = entry.path("Revision").asText("");
    if (!commit.isEmpty()) {
      commits.put(path, commit);
    }
    String sha = entry.path("Sha256").asText("");
    Optional<ContentHash> hash =
        sha.isEmpty()
            ? Optional.empty()
            : Optional.of(new ContentHash(ContentHash.Kind.SHA256, sha));
    return new RepositoryFile(path, size.longValue(), hash);
  }

  private URI api(String rest) {
    return Repository.at(endpoint, "/api/v1/models/" + name + rest);
  }
}
