package io.penstock.os.bpf;

import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The attachments of one network namespace that outlive the process that made them, each pinned under a name that says where
 * it is: {@code xdp-INODE-IFINDEX} or {@code out-INODE-IFINDEX}, INODE being the namespace's.
 *
 * <p>Threads: any.
 */
public final class KeptAttachments implements AutoCloseable {

    /** Where a program is attached to a device. */
    public enum Place {
        /** XDP: what comes in. */
        INGRESS("xdp-"),
        /** TCX: what the host's own sockets send. */
        EGRESS("out-");

        private final String prefix;

        Place(final String prefix) {
            this.prefix = prefix;
        }
    }

    /**
     * One that no process serves.
     *
     * @param shown the pin, as an operator would type it
     */
    public record Abandoned(Place place, int ifindex, String shown) {
    }

    private final BpfFolder folder;
    private final long netns;

    private KeptAttachments(final BpfFolder folder) {
        this.folder = folder;
        this.netns = NetNs.inode();
    }

    /**
     * Of the calling thread's network namespace; attachments can be kept.
     *
     * @throws SysException when there is no bpffs and none can be mounted
     */
    public static KeptAttachments open() {
        return new KeptAttachments(BpfFolder.open());
    }

    /** Of the calling thread's network namespace, such as there are; none can be kept. */
    public static KeptAttachments openExisting() {
        return new KeptAttachments(BpfFolder.openExisting());
    }

    /** Where the attachment to a device is pinned, if it is; null when nothing is pinned on this machine. */
    public Path path(final Place place, final int ifindex) {
        return folder == null ? null : folder.path(name(place, ifindex));
    }

    /** As {@link #path}, for people. */
    public String shown(final Place place, final int ifindex) {
        return folder.shown(name(place, ifindex));
    }

    /** Those in force that no process serves: they drop. Pins whose device is gone mean nothing and are not among them. */
    public List<Abandoned> abandoned() {
        final List<Abandoned> result = new ArrayList<>();
        if (folder != null) {
            for (final Place place : Place.values()) {
                abandoned(place, result);
            }
        }
        return result;
    }

    @Override
    public void close() {
        if (folder != null) {
            folder.close();
        }
    }

    private void abandoned(final Place place, final List<Abandoned> into) {
        final List<Path> pins = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder.path("."), place.prefix + netns + "-*")) {
            all.forEach(pins::add);
        } catch (final IOException e) {
            throw new UncheckedIOException("the pinned programs cannot be listed: " + e.getMessage() + "; run as root", e);
        }
        pins.sort(Comparator.comparing(Path::toString));
        for (final Path pin : pins) {
            final BpfObjects.Link link;
            try (BpfLink open = BpfLink.openPinned(pin)) {
                link = open.info();
            } catch (final SysException e) {
                continue; // removed since it was listed
            }
            if (link.ifindex() != 0 && Holders.ofLink(link.id()).isEmpty()) {
                into.add(new Abandoned(place, link.ifindex(), folder.shown(pin.getFileName().toString())));
            }
        }
    }

    private String name(final Place place, final int ifindex) {
        return place.prefix + netns + '-' + ifindex;
    }
}
