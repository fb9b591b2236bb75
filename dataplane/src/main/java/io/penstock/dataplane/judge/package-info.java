/**
 * The judge: the same configuration and the same packets through the kernel, in a network namespace of its own, and through
 * the engine; every difference is shown, shrunk and kept. Control; everything runs on the calling thread. Public is
 * {@link io.penstock.dataplane.judge.JudgeCommand}.
 *
 * <pre>
 *  configuration + arrivals --+--> KernelRouter   (TUN devices, NFLOG)  --> reactions --+--> Comparison --> differences
 *                             |                                                        |                       |
 *                             +--> PenstockRouter (OfflineEngine)       --> reactions --+        Shrinker <-----+
 *                                                                                                   |
 *                                                                                                Fixture
 * </pre>
 */
package io.penstock.dataplane.judge;
