/**
 * Containers and codecs through FFmpeg: files and bytes in, samples and frames out. Nothing native
 * outlives a call: every entry point opens what it needs and frees it on every path. FFmpeg may
 * read the one file it is given and nothing else.
 */
@NullMarked
package io.longcat4j.media;

import org.jspecify.annotations.NullMarked;
