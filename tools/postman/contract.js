// Holds for every answer of the API, also to requests that you add: the status, the media type and
// the body are what the OpenAPI document declares for the route.

const routes = {};

const definitions = {};

function routeOf(method, path) {
    const fits = (route) => {
        const [itsMethod, template] = route.split(" ");
        const pattern = template.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+");
        return itsMethod === method && new RegExp(`^${pattern}$`).test(path);
    };
    const parameters = (route) => route.split("{").length;
    // `/users/me` goes before `/users/{id}`.
    return Object.keys(routes).filter(fits).sort((a, b) => parameters(a) - parameters(b))[0];
}

function checkBody(declared) {
    if (!declared.type) {
        pm.test("the body is empty", () => pm.expect(pm.response.text()).to.eql(""));
        return;
    }
    pm.test(`the body is ${declared.type}`, () => {
        const type = pm.response.headers.get("Content-Type") || "";
        pm.expect(type.split(";")[0]).to.eql(declared.type);
    });
    if (declared.schema) {
        // In draft 7, a $ref hides what stands beside it.
        const schema = { definitions, allOf: [declared.schema] };
        pm.test("the body fits its schema", () =>
            pm.response.to.have.jsonSchema(schema, { unknownFormats: "ignore" }));
    }
}

function checkProblem() {
    pm.test("the problem tells what a client needs", () => {
        const problem = pm.response.json();
        pm.expect(problem.status).to.eql(pm.response.code);
        pm.expect(problem.code).to.match(/^[a-z][a-z0-9_]*$/);
        pm.expect(problem.request_id).to.eql(pm.response.headers.get("X-Request-Id"));
        if (pm.response.code === 401) {
            pm.expect(pm.response.headers.get("WWW-Authenticate"), "WWW-Authenticate").to.be.ok;
        }
        if (pm.response.code === 422) {
            pm.expect(problem.errors, "errors").to.be.an("array").that.is.not.empty;
            problem.errors.forEach((error) => pm.expect(error.pointer).to.match(/^(\/|$)/));
        }
    });
}

function check(path) {
    const route = routeOf(pm.request.method, path);
    pm.test("the document has this route", () => pm.expect(route, path).to.be.a("string"));
    pm.test("X-Request-Id is there", () => pm.response.to.have.header("X-Request-Id"));
    if (!route) return;
    const declared = routes[route][pm.response.code];
    pm.test(`the document declares ${pm.response.code}`, () => pm.expect(declared).to.be.ok);
    if (!declared) return;
    checkBody(declared);
    if (declared.type === "application/problem+json") checkProblem();
}

// A presigned URL leads to the store, which is not ours to judge.
const base = pm.variables.replaceIn("{{base_url}}").replace(/\/$/, "");
const address = pm.request.url.toString().split("?")[0];
if (address.startsWith(`${base}/`)) check(address.slice(base.length));
