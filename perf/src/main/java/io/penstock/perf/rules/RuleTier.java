package io.penstock.perf.rules;

import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.Specialization;
import io.penstock.rules.hot.TableProgram;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What runs a table. */
public enum RuleTier {

    /** Nothing: no table. */
    NONE {
        @Override
        public TableProgram program(final CompiledTable table, final int worker) {
            throw new IllegalStateException("there is no table");
        }
    },
    /** Rule by rule. */
    PLAIN {
        @Override
        public TableProgram program(final CompiledTable table, final int worker) {
            return table.plain(worker);
        }
    },
    /** By what packets have in common with rules. */
    INDEXED {
        @Override
        public TableProgram program(final CompiledTable table, final int worker) {
            return table.indexed(worker);
        }
    },
    /** By a class of the table's own; by the index where that class would not differ. */
    SPECIALIZED {
        @Override
        public TableProgram program(final CompiledTable table, final int worker) {
            final Specialization own = table.specialize();
            return own == null ? table.indexed(worker) : own.programs().get(worker);
        }
    };

    /** What a worker runs of a table. */
    public abstract TableProgram program(CompiledTable table, int worker);

    /** Whether a program is of a class of the table's own. */
    public static boolean isSpecialized(final TableProgram program) {
        return program.getClass().isHidden();
    }

    /** Its name in options and results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(RuleTier::text).toList();
    }

    /** The tier of that name, or null. */
    public static RuleTier of(final String text) {
        return Arrays.stream(values()).filter(tier -> tier.text().equals(text)).findFirst().orElse(null);
    }
}
