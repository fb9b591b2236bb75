package io.penstock.dataplane.judge;

import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.Specialization;
import io.penstock.rules.hot.TableProgram;

/** The ways in which a table runs, which all must do the same. */
enum RuleTier {
    /** Rule by rule. */
    PLAIN {
        @Override
        TableProgram program(final CompiledTable table, final int worker) {
            return table.plain(worker);
        }
    },
    /** By what packets have in common. */
    INDEXED {
        @Override
        TableProgram program(final CompiledTable table, final int worker) {
            return table.indexed(worker);
        }
    },
    /** By a class of the table's own, where it has one. */
    SPECIALIZED {
        @Override
        TableProgram program(final CompiledTable table, final int worker) {
            final Specialization own = table.specialize();
            return own == null ? table.indexed(worker) : own.programs().get(worker);
        }
    };

    /** What a worker runs of a table. */
    abstract TableProgram program(CompiledTable table, int worker);
}
