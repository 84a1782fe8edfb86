# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns a [radvd NODE.INTERFACE] section into a piece of radvd.conf."""

YES = {'yes': True, 'on': True, 'no': False, 'off': False}
FLAGS = {
    # key: (radvd's word, where it belongs)
    'home-agent': 'AdvHomeAgentFlag',
    'interval-option': 'AdvIntervalOpt',
    'unicast-only': 'UnicastOnly',
    'managed': 'AdvManagedFlag',
    'other': 'AdvOtherConfigFlag',
}
NUMBERS = {
    'lifetime': 'AdvDefaultLifetime',
    'min-delay': 'MinDelayBetweenRAs',
    'mtu-option': 'AdvLinkMTU',
    'ha-lifetime': 'HomeAgentLifetime',
    'ha-preference': 'HomeAgentPreference',
    'reachable-time': 'AdvReachableTime',
    'retrans-timer': 'AdvRetransTimer',
}


def yes_no(line):
    if line.value not in YES:
        raise line.error('%s must be yes or no' % line.key)
    return YES[line.value]


def number(line, text):
    try:
        value = float(text)
    except ValueError:
        raise line.error('%s: "%s" is not a number' % (line.key, text))
    if value < 0:
        raise line.error('%s: must not be negative' % line.key)
    return '%g' % value


def interval(line):
    words = line.value.split()
    if len(words) != 2:
        raise line.error('write "interval = MIN MAX" in seconds')
    low, high = (number(line, w) for w in words)
    if float(low) > 0.75 * float(high) and float(high) > 0.07:
        raise line.error('the smallest interval may be at most 0.75 times '
                         'the largest one (RFC 4861 section 6.2.1)')
    if float(low) < 0.03 or float(high) < 0.07:
        raise line.error('radvd allows no interval below 0.03 to 0.07 s')
    return ['MinRtrAdvInterval %s;' % low, 'MaxRtrAdvInterval %s;' % high]


def prefix_block(prefix, iface, opts):
    """One prefix; with the router's own address when the R bit is asked."""
    text = ['AdvOnLink on;', 'AdvAutonomous on;',
            'AdvValidLifetime %s;' % opts['valid'],
            'AdvPreferredLifetime %s;' % opts['preferred']]
    shown = prefix
    if opts['router-address']:
        text.append('AdvRouterAddr on;')
        # radvd sends what stands before the slash as the router's address
        net = prefix.split('/')[0].rstrip(':')
        for address in iface['addresses']:
            if address.startswith(net + ':'):
                shown = address
    return '  prefix %s { %s };' % (shown, ' '.join(text))


def interface_conf(head, ifname, iface, prefixes, lines):
    """The text for one interface; raises LabError with the line's number."""
    out = []
    opts = {'valid': '86400', 'preferred': '14400', 'router-address': False}
    own = []
    for line in lines:
        if line.key == 'interval':
            out += interval(line)
        elif line.key in FLAGS:
            out.append('%s %s;' % (FLAGS[line.key],
                                   'on' if yes_no(line) else 'off'))
        elif line.key in NUMBERS:
            out.append('%s %s;' % (NUMBERS[line.key],
                                   number(line, line.value)))
        elif line.key == 'router-address':
            opts['router-address'] = yes_no(line)
        elif line.key in ('valid', 'preferred'):
            opts[line.key] = 'infinity' if line.value == 'infinity' \
                else number(line, line.value)
        elif line.key == 'prefix':
            own.append(line.value)
        elif line.key == 'option':
            out.append(line.value.rstrip(';') + ';')
        else:
            raise line.error(
                '"%s" is not a setting of [radvd]; there are: %s'
                % (line.key, ', '.join(sorted(
                    list(FLAGS) + list(NUMBERS) +
                    ['interval', 'router-address', 'valid', 'preferred',
                     'prefix', 'option']))))
    if not own and not prefixes:
        raise head.error('interface "%s" is on a link without a prefix: '
                         'give one here' % ifname)
    blocks = [prefix_block(p, iface, opts) for p in own or prefixes]
    return 'interface %s {\n  AdvSendAdvert on;\n  %s\n%s\n};\n' % (
        ifname, '\n  '.join(out), '\n'.join(blocks))
