package io.penstock.perf.connections.tcp;

/** Is told how long things took. Unit: ns. Source: RFC 9411, section 7.4. Threads: the clients'. */
public interface TcpTimes {

    /** Nobody is. */
    TcpTimes NONE = new TcpTimes() {
        @Override
        public void connected(final long ns) {
            // Nobody asked.
        }

        @Override
        public void firstByte(final long ns) {
            // Nobody asked.
        }

        @Override
        public void lastByte(final long ns) {
            // Nobody asked.
        }
    };

    /** From when the connection should have begun until the server had agreed. */
    void connected(long ns);

    /** From the request to the first segment of its answer. */
    void firstByte(long ns);

    /** From the request to the last one. */
    void lastByte(long ns);
}
