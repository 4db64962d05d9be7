/** JMH benchmarks of single operations at published sizes; docs/performance.md tells how to run. */
package io.longcat4j.benchmarks.jmh;
