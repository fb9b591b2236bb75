/**
 * Workers: the loop that polls ports and runs batches, how it idles, and how other threads talk to it. The loop runs on
 * worker threads and is as careful as hot code, but it reads the clock, once a round, and sleeps.
 */
package io.penstock.dataplane.worker;
