package io.penstock.perf.archfixture;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** Does outside of native what only native may do. */
@SuppressWarnings("restricted")
public final class Foreign {

    final Linker linker = Linker.nativeLinker();
    final MemorySegment segment = MemorySegment.NULL.reinterpret(1);
}
