package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.bytecode.UnitCompiler;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotBpf;
import java.util.List;

/**
 * Runs a program of the classic Berkeley packet filter over the packet, from its network header on.
 *
 * @param program its instructions
 */
public record BpfMatch(List<BpfInstruction> program) implements RunnableMatch {

    @Override
    public MatchKind kind() {
        return BpfKind.BPF;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --bytecode \"").append(program.size()).append(',');
        write(out);
        out.append('"');
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        // The real tool writes no blank before it, and a zero behind.
        write(out.append("match bpf "));
        out.append('\0');
    }

    @Override
    public int check(final Place place) {
        return BpfVerifier.check(program);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return UnitCompiler.compileBpf(code());
    }

    /** As {@link HotBpf} takes it. */
    long[] code() {
        return program.stream()
                .mapToLong(one -> HotBpf.instruction(one.code(), one.jumpTrue(), one.jumpFalse(), one.k()))
                .toArray();
    }

    private void write(final StringBuilder out) {
        String separator = "";
        for (final BpfInstruction one : program) {
            out.append(separator).append(one.code()).append(' ').append(one.jumpTrue()).append(' ').append(one.jumpFalse())
                    .append(' ').append(Integer.toUnsignedString(one.k()));
            separator = ",";
        }
    }
}
