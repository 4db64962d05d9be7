package io.longcat4j.parallel;

import java.util.List;

/**
 * What a meeting has led to.
 *
 * @param hosts of all ranks
 * @param control on rank 0 a connection to each other rank in their order, elsewhere one to rank 0
 * @param bulk the same, for partials; none where they move otherwise
 */
record Connections(List<String> hosts, List<Wire> control, List<Wire> bulk) {}
