/**
 * The engine over capture files: the same lane, hooks and routing as on live ports, the network from the configuration, the
 * clock from the packets' timestamps. Control; everything runs on the calling thread. Public are
 * {@link io.penstock.dataplane.replay.Replay}, its input and summary, the command, and
 * {@link io.penstock.dataplane.replay.OfflineEngine} for whoever else drives a lane without devices.
 *
 * <pre>
 *  captures --by time--> CapturePort --> lane --> CapturePort --> PORT.pcap, local.pcap
 *                                          |
 *                                          +----> VerdictLog  --> verdicts.jsonl
 *                                          +----> PacketLog   --> log.txt, if rules log
 * </pre>
 */
package io.penstock.dataplane.replay;
