"""The embedded stack: runs `template.yaml` on this machine, without Docker and without an account.

`python -m local` is the way in. A supervisor owns the services (moto's server for AWS, PostgreSQL
from a wheel) and the listening socket; the project's code runs in a generation of child processes
that is replaced as a whole when a file changes:

    supervisor ── janitor      removes what is left, whatever way the supervisor ended
               ├─ emulator     moto behind the rules that make it as strict as S3
               ├─ PostgreSQL
               └─ zygote       imports the handlers once, then forks
                  ├─ HTTP      the gateway: uvicorn, routes, CORS, events
                  ├─ queues    pollers and schedules
                  └─ workers   one invocation at a time each

It is a sandbox: nothing is kept after it stops.
"""
