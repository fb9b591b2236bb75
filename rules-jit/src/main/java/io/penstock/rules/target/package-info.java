/**
 * The targets that iptables and ip6tables know, each with its options, its texts and, where it runs here, what it becomes when its rule
 * goes into force. Control threads.
 */
package io.penstock.rules.target;
