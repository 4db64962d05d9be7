package io.longcat4j.server.http;

import java.time.Duration;

/**
 * What bounds strangers.
 *
 * @param bodyBytes of a request, and of a message over a WebSocket
 * @param headerBytes of a request
 * @param connections open at once
 * @param requests answered at once
 * @param sessions held at once
 * @param idle how long a connection may be silent, or its reader take nothing
 * @param body how long a request may take to arrive
 * @param request how long a reply may take
 * @param stop how long running replies may take when the server closes
 */
public record Limits(
    int bodyBytes,
    int headerBytes,
    int connections,
    int requests,
    int sessions,
    Duration idle,
    Duration body,
    Duration request,
    Duration stop) {}
