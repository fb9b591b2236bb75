package io.penstock.perf.rules;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How made-up rules look. The flows are such that no rule but the last takes them, and as close to others as they can be. */
public enum RuleMix {

    /** Source /32 and destination port by equality, UDP: what a hash does best. */
    EQUALITY {
        @Override
        MixMaker maker(final long seed) {
            return new EqualityMaker(seed);
        }
    },
    /** Prefixes, port ranges and protocols, about as often as in ClassBench's filter sets. */
    CLASSBENCH {
        @Override
        MixMaker maker(final long seed) {
            return new ClassBenchMaker(seed);
        }
    },
    /** Every rule but the last fails a flow in one field only; prefixes of all lengths and port ranges lie in each other: the worst. */
    OVERLAP {
        @Override
        MixMaker maker(final long seed) {
            return new OverlapMaker(seed);
        }
    };

    /** Makes rules and flows of this mix. */
    abstract MixMaker maker(long seed);

    /** Its name in options and results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(RuleMix::text).toList();
    }

    /** The mix of that name, or null. */
    public static RuleMix of(final String text) {
        return Arrays.stream(values()).filter(mix -> mix.text().equals(text)).findFirst().orElse(null);
    }
}
