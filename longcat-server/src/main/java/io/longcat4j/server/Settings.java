package io.longcat4j.server;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.server.http.Gate;
import io.longcat4j.server.http.Limits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * What a server was asked to do. Immutable.
 *
 * @param host where to listen
 * @param port where to listen; 0 for any
 * @param modelName what clients read
 * @param gate who may ask
 * @param limits what bounds them
 * @param bodyBudget bytes of all requests at once
 * @param meters for Prometheus
 * @param transcriptionRequest how the model is asked to write down
 * @param speechRequest how it is asked to read aloud
 */
record Settings(
    String host,
    int port,
    String modelName,
    Gate gate,
    Limits limits,
    long bodyBudget,
    List<MeterBinder> meters,
    String transcriptionRequest,
    String speechRequest) {
  static final int HEADER_BYTES = 16 * 1024;

  Settings {
    meters = List.copyOf(meters);
    check(host, gate.apiKey().isPresent());
  }

  static void check(String host, boolean hasKey) {
    if (!address(host).isLoopbackAddress() && !hasKey) {
      throw new InvalidRequestException(
          "Whoever reaches "
              + host
              + " could use this server; pass a key (--api-key), or listen at 127.0.0.1");
    }
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new InvalidRequestException(
          "'" + host + "' is no address of this machine; pass one, such as 127.0.0.1", e);
    }
  }
}
