import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finishes the pages of a site: gives headings the anchors that links in the documents expect, and
 * then follows every link between the pages. Ends with 1 where one leads nowhere.
 */
final class Finish {
  private static final Pattern HEADING = Pattern.compile("<h([1-6])>(.*?)</h\\1>", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
  private static final Pattern ANCHOR = Pattern.compile("(?:id|name)=\"([^\"]+)\"");

  private Finish() {}

  public static void main(String[] arguments) throws IOException {
    Path site = Path.of(arguments[0]);
    List<Path> pages;
    try (Stream<Path> files = Files.walk(site)) {
      pages =
          files
              .filter(file -> file.toString().endsWith(".html"))
              .filter(file -> !site.relativize(file).startsWith("apidocs"))
              .toList();
    }
    Map<Path, Set<String>> anchors = new HashMap<>();
    for (Path page : pages) {
      String text = withAnchors(Files.readString(page));
      Files.writeString(page, text);
      anchors.put(page.toAbsolutePath().normalize(), all(ANCHOR, text));
    }
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      for (String link : all(LINK, Files.readString(page))) {
        if (!link.matches("([a-z]+:|//).*") && !leads(page, link, anchors)) {
          broken.add(site.relativize(page) + ": " + link);
        }
      }
    }
    broken.forEach(System.err::println);
    System.out.println(pages.size() + " pages, " + broken.size() + " links that lead nowhere");
    System.exit(broken.isEmpty() ? 0 : 1);
  }

  private static String withAnchors(String text) {
    Set<String> taken = new HashSet<>();
    return HEADING
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "<h%s id=\"%s\">%s</h%s>"
                        .formatted(
                            found.group(1),
                            anchor(found.group(2), taken),
                            found.group(2),
                            found.group(1))));
  }

  private static String anchor(String heading, Set<String> taken) {
    String plain =
        heading
            .replaceAll("<[^>]*>", "")
            .replaceAll("&[a-z]+;", "")
            .strip()
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N} _-]", "")
            .replace(' ', '-');
    String anchor = plain;
    for (int i = 1; !taken.add(anchor); i++) {
      anchor = plain + "-" + i;
    }
    return anchor;
  }

  private static boolean leads(Path page, String link, Map<Path, Set<String>> anchors) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target =
        (file.isEmpty()
                ? page
                : page.resolveSibling(URLDecoder.decode(file, StandardCharsets.UTF_8)))
            .toAbsolutePath()
            .normalize();
    if (hash < 0 || !anchors.containsKey(target)) {
      return Files.exists(target);
    }
    return hash == link.length() - 1 || anchors.get(target).contains(link.substring(hash + 1));
  }

  private static Set<String> all(Pattern pattern, String text) {
    Set<String> found = new HashSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
