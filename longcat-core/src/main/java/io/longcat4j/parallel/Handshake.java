package io.longcat4j.parallel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How both ends of a connection show that they know the token, without sending it: rank 0 sends a
 * random number; the other sends one of its own and the HMAC of both under the token; rank 0
 * answers with another HMAC of both. Each begins with a mark and the version of the protocol.
 */
final class Handshake {
  /** The version of all frames. */
  static final int PROTOCOL = 1;

  static final int MAC_BYTES = 32;
  private static final int RANDOM_BYTES = 32;
  private static final int MARK = 0x4c43524b;
  static final int CHALLENGE_BYTES = 2 * Integer.BYTES + RANDOM_BYTES;
  static final int PROOF_BYTES = CHALLENGE_BYTES + Integer.BYTES + MAC_BYTES;

  private final byte[] token;
  private final int protocol;
  private final SecureRandom random = new SecureRandom();

  Handshake(byte[] token) {
    this(token, PROTOCOL);
  }

  Handshake(byte[] token, int protocol) {
    this.token = token.clone();
    this.protocol = protocol;
  }

  /** The other end does not know the token. */
  static final class WrongTokenException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongTokenException(String message) {
      super(message);
    }
  }

  /** The other end knows the token and speaks another version. */
  static final class OtherProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    final int rank;

    OtherProtocolException(int rank, String message) {
      super(message);
      this.rank = rank;
    }
  }

  /** Rank 0: returns once the other end has shown that it knows the token. */
  void receive(Wire wire, Wire.Waiting waiting) throws IOException {
    ByteBuffer challenge = opening();
    byte[] own = fill(challenge);
    wire.write(waiting, new Frame(FrameKind.CHALLENGE, challenge.flip()));
    ByteBuffer proof = Frame.read(wire, waiting, FrameKind.PROOF).payload();
    requireMark(proof);
    int theirProtocol = proof.getInt();
    byte[] theirs = take(proof, RANDOM_BYTES);
    int rank = proof.getInt();
    byte[] expected = mac("guest", theirProtocol, rank, own, theirs);
    if (!MessageDigest.isEqual(expected, take(proof, MAC_BYTES))) {
      throw new WrongTokenException("a connection from " + wire.peer() + " has another token");
    }
    byte[] answer = mac("host", protocol, rank, own, theirs);
    wire.write(waiting, new Frame(FrameKind.COUNTERPROOF, ByteBuffer.wrap(answer)));
    if (theirProtocol != protocol) {
      throw new OtherProtocolException(rank, other(theirProtocol));
    }
  }

  /** Other ranks: returns once rank 0 has shown that it knows the token. */
  void approach(Wire wire, Wire.Waiting waiting, int rank) throws IOException {
    ByteBuffer challenge = Frame.read(wire, waiting, FrameKind.CHALLENGE).payload();
    requireMark(challenge);
    int theirProtocol = challenge.getInt();
    byte[] theirs = take(challenge, RANDOM_BYTES);
    ByteBuffer proof = ByteBuffer.allocate(PROOF_BYTES).putInt(MARK).putInt(protocol);
    byte[] own = fill(proof);
    proof.putInt(rank).put(mac("guest", protocol, rank, theirs, own));
    wire.write(waiting, new Frame(FrameKind.PROOF, proof.flip()));
    byte[] answer = take(Frame.read(wire, waiting, FrameKind.COUNTERPROOF).payload(), MAC_BYTES);
    if (!MessageDigest.isEqual(mac("host", theirProtocol, rank, theirs, own), answer)) {
      throw new WrongTokenException("rank 0 at " + wire.peer() + " has another token");
    }
    if (theirProtocol != protocol) {
      throw new OtherProtocolException(0, other(theirProtocol));
    }
  }

  private String other(int theirs) {
    return "speaks version "
        + theirs
        + " of the protocol of ranks, here it is "
        + protocol
        + "; run the same version of the library on all ranks";
  }

  private ByteBuffer opening() {
    return ByteBuffer.allocate(CHALLENGE_BYTES).putInt(MARK).putInt(protocol);
  }

  private byte[] fill(ByteBuffer frame) {
    byte[] fresh = new byte[RANDOM_BYTES];
    random.nextBytes(fresh);
    frame.put(fresh);
    return fresh;
  }

  private static void requireMark(ByteBuffer frame) throws MalformedFrameException {
    if (frame.getInt() != MARK) {
      throw new MalformedFrameException("no handshake of ranks");
    }
  }

  private static byte[] take(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }

  private byte[] mac(String side, int version, int rank, byte[] hosts, byte[] guests) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token, "HmacSHA256"));
      mac.update((side + " " + version + " " + rank + " ").getBytes(StandardCharsets.UTF_8));
      mac.update(hosts);
      return mac.doFinal(guests);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
