package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.table.Extensions;

/**
 * What elements have besides their key, as packets meet it ({@code ip_set_match_extensions}). Threads: any; immutable.
 */
final class ElementParts {

    private final Extensions extensions;
    private final boolean timeouts;
    private final boolean counters;
    private final boolean skbinfo;
    private final boolean comments;
    private final boolean flags;

    /**
     * What there is.
     *
     * @param numbered whether the comment's place has the element's own number instead
     */
    ElementParts(final Extensions extensions, final boolean numbered) {
        this.extensions = extensions;
        this.timeouts = extensions.has(Extensions.TIMEOUT);
        this.counters = extensions.has(Extensions.COUNTERS);
        this.skbinfo = extensions.has(Extensions.SKBINFO);
        this.comments = extensions.has(Extensions.COMMENT) && !numbered;
        this.flags = extensions.has(Extensions.FLAGS);
    }

    /** What a packet, or a command where that is null, finds in an element that is not over. */
    int judge(final long entry, final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        if (packet != null && (counters || skbinfo) && !meets(entry, packet, query, conditions, counts)) {
            return StoredSet.ABSENT;
        }
        return flags && extensions.isNomatch(entry) ? StoredSet.EXCEPTION : StoredSet.FOUND;
    }

    private boolean meets(final long entry, final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        if (counters) {
            if (counts) {
                extensions.count(entry, 1, packet.length);
            }
            if (conditions && !query.agreesWith(extensions.packets(entry), extensions.bytes(entry))) {
                return false;
            }
        }
        if (skbinfo) {
            final SetScratch scratch = packet.sets;
            final long mark = extensions.skbMarkAndMask(entry);
            final long prio = extensions.skbPrioAndQueue(entry);
            scratch.hasSkbinfo = true;
            scratch.skbMark = (int) mark;
            scratch.skbMask = (int) (mark >>> Integer.SIZE);
            scratch.skbPrio = (int) prio;
            scratch.skbQueue = (int) (prio >>> Integer.SIZE);
        }
        return true;
    }

    /** The writer: gives an element what is said; the comment that it had is in the values then. */
    void write(final long entry, final SetValues values, final long nowNs) {
        if (counters) {
            extensions.setCounters(entry, values.packets == SetValues.AS_IT_IS ? extensions.packets(entry) : values.packets,
                    values.bytes == SetValues.AS_IT_IS ? extensions.bytes(entry) : values.bytes);
        }
        if (comments && !values.keepsComment) {
            values.oldComment = extensions.comment(entry);
            extensions.setComment(entry, values.comment);
        }
        if (skbinfo) {
            extensions.setSkbMark(entry, values.skbMark, values.skbMask);
            extensions.setSkbPrio(entry, values.skbPrio, values.skbQueue);
        }
        if (timeouts) {
            extensions.setExpiryNs(entry, SetValues.expiryNs(values.timeout, nowNs));
        }
    }

    /** The number of an element's comment, 0 for none. */
    int comment(final long entry) {
        return comments ? extensions.comment(entry) : 0;
    }
}
