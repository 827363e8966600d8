import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, commandKey, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { useRefusal } from '../../app/me';
import { Page } from '../../app/Page';
import { formRoute } from '../../app/router';
import { Loaded, ProblemView } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Banner, Button, Card, StatusChip, TextField } from '../../ui';
import { titleOf } from '../definitions/titles';
import { Field } from './Field';
import { ForecastCard } from './ForecastCard';
import { blank, type FormView, valuesOf } from './values';

/** A form to fill in; the hub judges it, makes the document and begins its flow. */
export function FormPage() {
  const { form } = formRoute.useParams();
  const query = useQuery({
    queryKey: ['form', form],
    queryFn: () => take(api.GET('/api/v1/forms/{form}', { params: { path: { form } } })) as Promise<unknown> as Promise<FormView>,
  });
  return (
    <Loaded query={query} lines={10}>
      {(view) => <Filling key={view.form} view={view} />}
    </Loaded>
  );
}

function Filling({ view }: { view: FormView }) {
  const t = useT();
  const { language } = useLanguage();
  const refused = useRefusal()('start');
  const fields = view.sections.flatMap((section) => section.fields);
  const [typed, setTyped] = useState(() => blank(fields));
  const [submitter, setSubmitter] = useState('');
  // The same key until it is taken: pressing again after a lost answer makes no second document.
  const [key, setKey] = useState(commandKey);
  const messagesIn = language === 'en' ? 'en' : 'zh';
  const body = () => ({
    values: valuesOf(fields, typed) as Record<string, never>,
    ...(submitter.trim() ? { submitter: submitter.trim() } : {}),
  });
  const forecast = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/forms/{form}/forecast', {
          params: { path: { form: view.form }, header: { 'Accept-Language': messagesIn } },
          body: body(),
        }),
      ),
  });
  const submit = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/forms/{form}/submissions', {
          params: { path: { form: view.form }, header: { 'Idempotency-Key': key, 'Accept-Language': messagesIn } },
          body: body(),
        }),
      ),
    // What was refused is another submission once it is mended.
    onError: (error) => error instanceof ApiError && error.status === 422 && setKey(commandKey()),
  });
  // What is told is the word of the last that was asked.
  const foresee = () => {
    submit.reset();
    forecast.mutate();
  };
  const send = () => {
    forecast.reset();
    submit.mutate();
  };
  // What was judged were other values.
  const change = (values: typeof typed, name: string) => {
    setTyped(values);
    setSubmitter(name);
    forecast.reset();
  };
  const problem = submit.error ?? forecast.error;
  const pointers = problem instanceof ApiError ? (problem.problem.pointers ?? []) : [];
  const faults = new Map(pointers.map((pointer) => [pointer.pointer.replace(/^\/values/, ''), pointer.message]));
  const title = titleOf({ id: view.form, title: view.title }, language);
  const said = (texts: Record<string, string> | null | undefined) => (texts ? titleOf({ id: '', title: texts }, language) : '');
  if (submit.isSuccess) {
    const { document, instances } = submit.data;
    return (
      <Page title={title} name={title}>
        <Card title={t('forms.taken')}>
          {document ? (
            <p>
              <Link to="/docs/$doc" params={{ doc: document.id }} className="mono">
                {document.key}
              </Link>{' '}
              <StatusChip room="document" state={document.status} />
            </p>
          ) : (
            <p>{t('forms.follows')}</p>
          )}
          <p className="dim">{t('forms.flows', { names: instances.map((instance) => instance.flow).join(', ') || '–' })}</p>
          <div className="row">
            <Button
              onPress={() => {
                setTyped(blank(fields));
                setKey(commandKey());
                submit.reset();
              }}
            >
              {t('forms.another')}
            </Button>
          </div>
        </Card>
      </Page>
    );
  }
  return (
    <Page title={title} name={title}>
      {view.hint && <p className="dim">{said(view.hint)}</p>}
      {problem && <ProblemView error={problem} compact />}
      {view.sections.map((section) => (
        <Card key={section.id} title={said(section.title)}>
          <div className="form-fields">
            {section.fields.map((field) => (
              <Field
                key={field.id}
                field={field}
                value={typed[field.id]}
                at={`/${field.id}`}
                faults={faults}
                onChange={(value) => change({ ...typed, [field.id]: value }, submitter)}
              />
            ))}
          </div>
        </Card>
      ))}
      <ForecastCard forecast={forecast.data} pending={forecast.isPending} refused={refused} onAsk={foresee} />
      <Card>
        <TextField
          label={t('forms.submitter')}
          value={submitter}
          onChange={(name) => change(typed, name)}
          hint={t('forms.submitter_hint')}
          fault={faults.get('/submitter')}
        />
        <Banner>{t('forms.judged')}</Banner>
        <div className="row end">
          <Button kind="primary" refused={refused} disabled={submit.isPending} onPress={send}>
            {submit.isPending ? t('act.sending') : t('forms.submit')}
          </Button>
        </div>
      </Card>
    </Page>
  );
}
