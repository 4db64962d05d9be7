package application;

import io.longcat4j.LongCat;
import io.longcat4j.Prompt;

public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    try (LongCat longcat = LongCat.tiny()) {
      System.out.println(longcat.generate(Prompt.user("What can you do?")).text());
    }
  }
}
