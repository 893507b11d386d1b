import type { ErrorView } from './api.ts';

/** Every `error.code` of the operator's API, with its HTTP status. */
export const API_ERRORS = {
  bad_request: { status: 400, message: 'That request is not understood.' },
  unauthorized: { status: 401, message: "The operator's credential is missing or wrong." },
  cross_site: { status: 403, message: 'Requests from other sites are refused.' },
  not_found: { status: 404, message: 'There is no such path.' },
  no_such_session: { status: 404, message: 'There is no such session.' },
  no_such_token: { status: 404, message: 'No device has such a token, or its tokens have ended already.' },
  no_such_account: { status: 404, message: 'No session of such an account is kept.' },
  method_not_allowed: { status: 405, message: 'That path does not take this method.' },
  not_connected: { status: 409, message: 'Nobody is attached to this session here.' },
  wrong_phase: { status: 409, message: 'The gateway is not in a state for this.' },
  body_too_large: { status: 413, message: 'That body is too large.' },
  uri_too_long: { status: 414, message: 'That address is too long.' },
  wrong_host: { status: 421, message: 'This server does not answer to that name.' },
  internal: { status: 500, message: 'The gateway failed; its log says more.' },
  store_unavailable: { status: 503, message: 'The store does not answer at the moment.' },
  busy: { status: 503, message: 'Too many searches at once.' },
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** Ends a request with an error of the table. `detail` goes with the message; it must not quote the request. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;

  constructor(code: ApiErrorCode, detail?: string) {
    const { status, message } = API_ERRORS[code];
    super(detail === undefined ? message : `${message} (${detail})`);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }

  get view(): ErrorView {
    return { error: { code: this.code, message: this.message } };
  }
}
