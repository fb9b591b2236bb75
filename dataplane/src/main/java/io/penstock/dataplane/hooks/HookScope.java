package io.penstock.dataplane.hooks;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.program.HookSet;
import java.util.List;

/** A network namespace as the hook registry sees it. Threads: control. */
public interface HookScope {

    /** Its name; empty for the one that Penstock was started in. */
    String name();

    /** The port of a device, or -1. */
    int portOf(String device);

    /** The devices that are ports. */
    List<String> devices();

    /** Why packets of a family never reach hooks here, as a sentence with what to do, or null when they do. */
    String lacks(Family family);

    /** True when the calling thread is inside a hook function here, for which a change would have to wait. */
    boolean isInside();

    /** Puts a set in force, and returns when no packet is in a function of the set before. */
    void apply(HookSet set, QueueHandler handler);
}
