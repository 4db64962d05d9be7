package io.longcat4j.model;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.cache.PagedCache;

/**
 * What commands keep to. The one place where they are checked; what has passed is run without
 * further questions.
 *
 * @param rows most rows of a pass
 * @param headRows most rows that heads see
 * @param pages of the cache
 * @param vocabulary text ids are below it
 * @param audioHeads how many; 0 where the model does not speak
 * @param audioVocabulary audio ids are below it
 * @param hidden columns of encoded rows
 * @param indexing of the cache
 */
public record PassLimits(
    int rows,
    int headRows,
    int pages,
    int vocabulary,
    int audioHeads,
    int audioVocabulary,
    int hidden,
    CacheIndexing indexing) {

  /**
   * Of a cache without an index.
   *
   * @param rows as {@link #rows()}
   * @param headRows as {@link #headRows()}
   * @param pages as {@link #pages()}
   * @param vocabulary as {@link #vocabulary()}
   * @param audioHeads as {@link #audioHeads()}
   * @param audioVocabulary as {@link #audioVocabulary()}
   * @param hidden as {@link #hidden()}
   */
  public PassLimits(
      int rows,
      int headRows,
      int pages,
      int vocabulary,
      int audioHeads,
      int audioVocabulary,
      int hidden) {
    this(
        rows,
        headRows,
        pages,
        vocabulary,
        audioHeads,
        audioVocabulary,
        hidden,
        CacheIndexing.none());
  }

  /**
   * Checks a pass.
   *
   * @param pass from anywhere
   * @throws MalformedCommandException if it does not keep to the limits or does not fit together
   */
  public void check(Pass pass) {
    require(pass.rows() >= 1 && pass.rows() <= rows, "rows of a pass", pass.rows(), rows);
    for (int i = 0; i < pass.copies().size(); i++) {
      check(pass.copies().get(i));
    }
    ids("text id", pass.textIds(), vocabulary);
    checkSpans(pass);
    checkSound(pass);
    checkEncoded(pass);
    rows("text row", pass.textRows(), pass.rows());
    rows("audio row", pass.audioRows(), pass.rows());
  }

  private void check(PageCopy copy) {
    boolean known = isPage(copy.from()) && isPage(copy.to()) && copy.from() != copy.to();
    int positions = copy.positions();
    if (!known || positions < 1 || positions > PagedCache.PAGE_POSITIONS) {
      throw refused(copy + " in a cache of " + pages + " pages");
    }
  }

  private boolean isPage(int page) {
    return page >= 0 && page < pages;
  }

  private void checkSpans(Pass pass) {
    int next = 0;
    for (int i = 0; i < pass.spans().size(); i++) {
      Span span = pass.spans().get(i);
      boolean follows = span.firstRow() == next && span.rows() >= 1;
      if (!follows || span.rows() > pass.rows() - next || span.firstPosition() < 0) {
        throw refused(span + " after " + next + " of " + pass.rows() + " rows");
      }
      long end = (long) span.firstPosition() + span.rows();
      if (end > (long) span.pages().size() * PagedCache.PAGE_POSITIONS) {
        throw refused(span + " reaches beyond its pages");
      }
      checkPages(span);
      next += span.rows();
    }
    checkPolicies(pass);
    require(next == pass.rows(), "rows in spans", next, pass.rows());
  }

  /** Rows that keep few positions do so alike, and have the index that they need. */
  private void checkPolicies(Pass pass) {
    AttentionPolicy first = PassPlan.policyOf(pass.spans());
    CacheIndexing needed = CacheIndexing.of(first);
    if (needed.choice() != Choice.SCORES && !needed.equals(indexing)) {
      throw refused(first + " over a cache that is indexed by " + indexing.toOrder());
    }
    for (int i = 0; i < pass.spans().size(); i++) {
      AttentionPolicy policy = pass.spans().get(i).policy();
      if (policy instanceof AttentionPolicy.Sparse sparse
          && (!CacheIndexing.of(policy).equals(needed)
              || !sparse.blocks().equals(((AttentionPolicy.Sparse) first).blocks()))) {
        throw refused(policy + " beside " + first);
      }
    }
  }

  /** Without a branch in the loop, which runs over whole contexts. */
  private void checkPages(Span span) {
    int[] table = span.pages().pages();
    int used = span.lastPosition() / PagedCache.PAGE_POSITIONS + 1;
    int signs = 0;
    for (int i = 0; i < used; i++) {
      signs |= table[i] | (pages - 1 - table[i]);
    }
    if (signs < 0) {
      throw refused(span + " lies outside a cache of " + pages + " pages");
    }
  }

  private void checkSound(Pass pass) {
    int[][] audioIds = pass.audioIds();
    if (audioIds.length != 0) {
      require(audioIds.length == audioHeads, "audio heads", audioIds.length, audioHeads);
      for (int[] ids : audioIds) {
        require(ids.length == pass.rows(), "ids of an audio head", ids.length, pass.rows());
        ids("audio id", ids, audioVocabulary);
      }
    }
    if (pass.audioRows().length > 0 && audioHeads == 0) {
      throw refused("audio rows, but the model does not speak");
    }
  }

  private void checkEncoded(Pass pass) {
    int next = 0;
    for (int i = 0; i < pass.encodedRows().size(); i++) {
      EncodedRows encoded = pass.encodedRows().get(i);
      int count = encoded.values().rows();
      boolean follow = encoded.firstRow() >= next && count >= 1;
      if (!follow
          || encoded.values().columns() != hidden
          || count > pass.rows() - encoded.firstRow()) {
        throw refused(encoded + " in a pass of " + pass.rows() + " rows of " + hidden);
      }
      next = encoded.firstRow() + count;
      for (int row = encoded.firstRow(); row < next; row++) {
        if (pass.textIds()[row] != Command.NONE) {
          throw refused("row " + row + " is fed a token and the row of an encoder");
        }
      }
    }
  }

  /**
   * Checks what comes after a pass.
   *
   * @param draft from anywhere
   * @param pass the last one
   * @throws MalformedCommandException if they do not fit each other
   */
  public void check(Draft draft, Pass pass) {
    int count = draft.nextIds().length;
    require(count == pass.rows(), "next ids of a draft", count, pass.rows());
    ids("next id", draft.nextIds(), vocabulary);
    rows("text row", draft.textRows(), pass.rows());
  }

  /**
   * Checks what comes after a pass.
   *
   * @param command from anywhere
   * @param pass the last one
   * @param next the head that may come next, beside head 0
   * @throws MalformedCommandException if they do not fit each other
   */
  public void check(AudioHead command, Pass pass, int next) {
    int head = command.head();
    if (head < 0 || head >= audioHeads || (head != 0 && head != next)) {
      throw refused("audio head " + head + " of " + audioHeads + ", after " + (next - 1));
    }
    int rows = pass.audioRows().length;
    int count = command.chosen().length;
    require(rows > 0, "rows of an audio head", rows, headRows);
    require(count == (head == 0 ? 0 : rows), "chosen ids of an audio head", count, rows);
    ids("chosen id", command.chosen(), audioVocabulary);
  }

  private static void ids(String what, int[] ids, int end) {
    for (int id : ids) {
      if (id < Command.NONE || id >= end) {
        throw refused(what + " " + id + " does not lie between -1 and " + (end - 1));
      }
    }
  }

  private void rows(String what, int[] chosen, int passRows) {
    require(chosen.length <= headRows, "rows of a head", chosen.length, headRows);
    int last = -1;
    for (int row : chosen) {
      if (row <= last || row >= passRows) {
        throw refused(what + " " + row + " after " + last + " in a pass of " + passRows + " rows");
      }
      last = row;
    }
  }

  private static void require(boolean holds, String what, int count, int expected) {
    if (!holds) {
      throw refused(count + " " + what + ", where " + expected + " belong or are the most");
    }
  }

  static MalformedCommandException refused(String why) {
    return new MalformedCommandException("The model cannot run a command: " + why);
  }
}
