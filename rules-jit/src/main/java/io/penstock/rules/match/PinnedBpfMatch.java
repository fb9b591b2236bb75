package io.penstock.rules.match;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;

/**
 * A BPF program that lies in the kernel, which nothing but the kernel can run.
 *
 * @param path its name in the bpf file system
 */
public record PinnedBpfMatch(String path) implements Match {

    @Override
    public MatchKind kind() {
        return BpfKind.BPF;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --object-pinned ").append(path);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        // The real tool writes no blank before it.
        out.append("match bpf pinned ").append(path);
    }
}
