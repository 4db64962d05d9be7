/** What is the same for every request: who may ask, what is read and written, and how it ends. */
@NullMarked
package io.longcat4j.server.http;

import org.jspecify.annotations.NullMarked;
