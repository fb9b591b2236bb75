package io.penstock.rules.text;

/**
 * What commands that change tables wait for, and hold while they have one open: the part that {@code /run/xtables.lock} has for the
 * kernel's tables.
 */
public interface TablesLock {

    /** For tables that nobody else reaches. */
    TablesLock NONE = new TablesLock() {

        @Override
        public boolean acquire(final int seconds) {
            return true;
        }

        @Override
        public void release() {
            // Nobody waits.
        }
    };

    /**
     * Takes it.
     *
     * @param seconds how long to wait at the most; 0 or less: as long as it takes
     * @return false if the time was over first
     */
    boolean acquire(int seconds);

    /** Lets others have it. */
    void release();
}
