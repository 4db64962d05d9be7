package io.longcat4j.tokenizer;

import java.util.Arrays;

/** Pending merges, the lowest rank first and the leftmost among equals. Not thread-safe. */
final class MergeQueue {
  private long[] heap;
  private int size;

  MergeQueue(int capacity) {
    heap = new long[Math.max(4, capacity)];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void push(int rank, int position) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, Math.addExact(size, size));
    }
    long entry = ((long) rank << 32) | position;
    int child = size++;
    while (child > 0) {
      int parent = (child - 1) >>> 1;
      if (heap[parent] <= entry) {
        break;
      }
      heap[child] = heap[parent];
      child = parent;
    }
    heap[child] = entry;
  }

  /** The rank in the upper half, the position in the lower. */
  long pop() {
    long top = heap[0];
    long last = heap[--size];
    int parent = 0;
    int child = 1;
    while (child < size) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (last <= heap[child]) {
        break;
      }
      heap[parent] = heap[child];
      parent = child;
      child = 2 * parent + 1;
    }
    heap[parent] = last;
    return top;
  }
}
