"""`make deploy STAGE=testing`: what was built becomes a stack, watched until it is there.

The settings are read and judged before anything is touched (`settings`, `parameters`, `region`);
then the code is put into the artifact bucket (`package`), a change set shows what would change
(`changes`), and its execution is followed event by event (`progress`), rolled back by
CloudFormation itself where an alarm goes off (`alarms`). docs/deploy.md tells the whole way.
"""
