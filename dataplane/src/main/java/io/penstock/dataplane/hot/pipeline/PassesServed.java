package io.penstock.dataplane.hot.pipeline;

/** A hook function of the pipeline's own that lets pass whatever virtual services send on: where none but such are in front, it is not called for that. */
public interface PassesServed {
}
