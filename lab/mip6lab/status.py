# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows a running lab to a person."""


def brief(connection):
    info = connection.call('lab-info')
    how = {'kvm': 'virtual machine with KVM', 'native': 'this kernel',
           'tcg': 'emulated virtual machine'}[info['accel']]
    print('Lab "%s": %s, Linux %s (%s), up for %d s'
          % (info['name'], info['topology'], info['kernel'], how,
             info['age']))


def netem_text(settings):
    return ' '.join('%s=%s' % kv for kv in sorted(settings.items()))


def full(connection):
    brief(connection)
    found = connection.call('status')
    if not found.get('topology'):
        print('The network is not built yet.')
        return
    print('\nLinks')
    for name, link in found['links'].items():
        print('  %-8s %-24s %s' % (
            name, ' '.join(link['prefixes']) or link['title'],
            ' '.join(link['ports']) or '(nobody)'))
        if link['netem']:
            print('  %-8s %s' % ('', netem_text(link['netem'])))
    print('\nNodes')
    for name, node in found['nodes'].items():
        print('  %-8s %s' % (name, node['title']))
        for ifname, iface in node['ifaces'].items():
            if iface['mac'] is None and not iface['addresses']:
                continue
            where = 'on ' + iface['link'] if iface['link'] else \
                'not plugged in' if iface['mac'] else 'made by a program'
            print('    %-6s %s' % (ifname, where))
            for address in iface['addresses']:
                marks = [m for m in ('dynamic', 'tentative') if address[m]]
                print('           %s %s' % (address['address'],
                                            ' '.join(marks)))
        for program in node['programs']:
            state = 'process %d' % program['pid'] \
                if program['status'] is None \
                else 'ended with status %d' % program['status']
            print('    %s: %s, %s' % (program['name'], state,
                                      ' '.join(program['argv'])))
