package io.penstock.dataplane.doctor;

import io.penstock.os.bpf.KeptAttachments;
import io.penstock.os.bpf.KeptAttachments.Abandoned;
import io.penstock.os.bpf.KeptAttachments.Place;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netlink.Link;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The pinned programs of a network namespace that drop because no process serves them: {@code on-death: drop} after a death.
 *
 * @param what what is dropped, a sentence without its end
 * @param mend the commands that end it
 */
public record DroppingPrograms(String what, String mend) {

    /** Those of the calling thread's network namespace. Needs root. */
    public static Optional<DroppingPrograms> find() {
        return findExcept(Set.of());
    }

    /** Those of the calling thread's network namespace, on devices other than the given ones. */
    public static Optional<DroppingPrograms> findExcept(final Set<Integer> ifindexes) {
        try (KeptAttachments attachments = KeptAttachments.openExisting()) {
            return of(attachments.abandoned().stream().filter(pin -> !ifindexes.contains(pin.ifindex())).toList(),
                    Interfaces.all());
        }
    }

    static Optional<DroppingPrograms> of(final List<Abandoned> pins, final List<Link> links) {
        if (pins.isEmpty()) {
            return Optional.empty();
        }
        final Set<String> in = new TreeSet<>();
        final Set<String> out = new TreeSet<>();
        for (final Abandoned pin : pins) {
            (pin.place() == Place.INGRESS ? in : out).add(name(pin.ifindex(), links));
        }
        final String what = (in.isEmpty() ? "" : "what comes in by " + String.join(", ", in))
                + (in.isEmpty() || out.isEmpty() ? "" : " and ")
                + (out.isEmpty() ? "" : "what this host sends by " + String.join(", ", out));
        return Optional.of(new DroppingPrograms(
                what + " is dropped by pinned programs that no process serves (on-death: drop)",
                "start it again with 'penstock run', or end this with 'rm "
                        + pins.stream().map(Abandoned::shown).collect(Collectors.joining(" ")) + '\''));
    }

    /** All of it, as a sentence. */
    public String sentence() {
        return what + "; " + mend;
    }

    private static String name(final int ifindex, final List<Link> links) {
        return links.stream().filter(link -> link.ifindex() == ifindex).map(Link::name).findFirst()
                .orElse("ifindex=" + ifindex);
    }
}
